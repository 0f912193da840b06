/** What is wrong with parameters: the first thing that was found is what is said. */
export class Problems {
  first: string | null = null;

  note(problem: string): void {
    if (this.first === null) this.first = problem;
  }
}
