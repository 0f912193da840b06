// The same two header writes as the other filters of the bench, in Go's own compiler, straight on the host's functions;
// faults on request.
package main

import "unsafe"

const (
	requestHeaders  = 0
	responseHeaders = 2
)

func main() {}

//go:wasmimport env proxy_get_header_map_value
func hostGet(headers uint32, key unsafe.Pointer, size uint32, value, valueSize unsafe.Pointer) uint32

//go:wasmimport env proxy_replace_header_map_value
func hostReplace(headers uint32, key unsafe.Pointer, size uint32, value unsafe.Pointer, valueSize uint32) uint32

func bytesOf(text string) (unsafe.Pointer, uint32) {
	return unsafe.Pointer(unsafe.StringData(text)), uint32(len(text))
}

func header(headers uint32, name string) string {
	key, size := bytesOf(name)
	var at, length uint32
	if hostGet(headers, key, size, unsafe.Pointer(&at), unsafe.Pointer(&length)) != 0 || length == 0 {
		return ""
	}
	return string(given[:length])
}

func replace(headers uint32, name, value string) {
	key, size := bytesOf(name)
	text, length := bytesOf(value)
	hostReplace(headers, key, size, text, length)
}

// What the host writes last; kept from the collector until it has been read.
var given []byte

//go:wasmexport proxy_on_memory_allocate
func allocate(size uint32) unsafe.Pointer {
	given = make([]byte, size)
	return unsafe.Pointer(unsafe.SliceData(given))
}

//go:wasmexport proxy_abi_version_0_2_1
func abiVersion() {}

//go:wasmexport proxy_on_vm_start
func onVMStart(root, size uint32) uint32 { return 1 }

//go:wasmexport proxy_on_configure
func onConfigure(root, size uint32) uint32 { return 1 }

//go:wasmexport proxy_on_context_create
func onContextCreate(context, parent uint32) {}

//go:wasmexport proxy_on_request_headers
func onRequestHeaders(context, count, ended uint32) uint32 {
	switch header(requestHeaders, "x-fault") {
	case "loop":
		for i := uint32(1); i != 0; i = i*3 | 1 {
		}
	case "assert":
		panic("told to fail")
	}
	replace(requestHeaders, "x-a", "1")
	return 0
}

//go:wasmexport proxy_on_response_headers
func onResponseHeaders(context, count, ended uint32) uint32 {
	replace(responseHeaders, "x-b", "2")
	return 0
}

//go:wasmexport proxy_on_done
func onDone(context uint32) uint32 { return 1 }

//go:wasmexport proxy_on_delete
func onDelete(context uint32) {}
