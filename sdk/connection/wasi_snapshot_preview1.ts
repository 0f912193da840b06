/** What the module takes of WASI; the file's name is the import module's name. */
export declare function random_get(at: usize, size: usize): i32;
