// Writes Envoy's whole API as one FileDescriptorSet to standard output: every file that the imported packages
// registered, each after the files it needs.
package main

import (
	"log"
	"os"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

type collector struct {
	seen map[string]bool
	set  descriptorpb.FileDescriptorSet
}

func (c *collector) add(file protoreflect.FileDescriptor) {
	if file.IsPlaceholder() || c.seen[file.Path()] {
		return
	}
	c.seen[file.Path()] = true
	imports := file.Imports()
	for i := 0; i < imports.Len(); i++ {
		c.add(imports.Get(i).FileDescriptor)
	}
	c.set.File = append(c.set.File, protodesc.ToFileDescriptorProto(file))
}

func main() {
	collected := collector{seen: map[string]bool{}}
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		collected.add(file)
		return true
	})
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(&collected.set)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := os.Stdout.Write(bytes); err != nil {
		log.Fatal(err)
	}
	log.Printf("%d files, %d bytes", len(collected.set.File), len(bytes))
}
