package main

import (
	"bytes"
	"cmp"
	"errors"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
)

// maxPicture bounds a picture, in bytes: a repository keeps every version of it.
const maxPicture = 150_000

// quantised makes a picture smaller: 256 of its colours are left, and each other becomes the nearest
// of them. A page has few colours, and many shades of its letters' edges.
func quantised(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	seen := map[color.RGBA]int{}
	bounds := full.Bounds()
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(full.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			seen[at(x, y)]++
		}
	}
	order := slices.SortedFunc(maps.Keys(seen), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(seen[b], seen[a]), cmp.Compare(a.R, b.R),
			cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette := chosen(order)
	nearest := map[color.RGBA]uint8{}
	for c := range seen {
		nearest[c] = uint8(palette.Index(c))
	}
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
		return nil, err
	}
	if out.Len() > maxPicture {
		return nil, errors.New("it takes more than 150 KB")
	}
	return out.Bytes(), nil
}

// chosen returns 256 of the colours, given by how frequent they are: first those that are unlike all
// before them, lest a small sign lose its colour to shades of what is large, then the others.
func chosen(order []color.RGBA) (palette color.Palette) {
	left := []color.RGBA{}
	for _, c := range order {
		if len(palette) < 128 && (len(palette) == 0 || far(c, palette)) {
			palette = append(palette, c)
		} else {
			left = append(left, c)
		}
	}
	for _, c := range left[:min(256-len(palette), len(left))] {
		palette = append(palette, c)
	}
	return palette
}

// far says whether a colour is unlike all of the palette.
func far(c color.RGBA, palette color.Palette) bool {
	const near = 24 // of 255, along the colours' cube
	p := palette[palette.Index(c)].(color.RGBA)
	r, g, b := int(c.R)-int(p.R), int(c.G)-int(p.G), int(c.B)-int(p.B)
	return r*r+g*g+b*b > near*near
}
