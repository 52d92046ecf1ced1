package main

import (
	"bytes"
	"context"

	"github.com/beacon-clinic/beacon/bot/paper"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// previewDays is how many days ahead the sandbox's page looks, as `bot preview` does.
const previewDays = 14

// previewPage returns what a number is to get, as a page for paper.
func (a *app) previewPage(ctx context.Context, phone handlers.Phone) ([]byte, error) {
	p, err := a.preview(ctx, phone, previewDays)
	if err != nil {
		return nil, err
	}
	return p.page(a.base.Clinic)
}

// page returns the preview as a page for paper.
func (p *preview) page(c *settings.Clinic) ([]byte, error) {
	out := paper.Preview{For: p.For, From: p.From, Until: p.Until}
	for _, t := range p.Texts {
		out.Texts = append(out.Texts, paper.Coming{
			At: t.At, Kind: t.Kind, If: t.If, Visit: t.Visit, Lang: t.Lang, Body: t.Body,
		})
	}
	for _, n := range p.besides() {
		out.Besides = append(out.Besides, paper.Beside{At: n.At, Kind: n.Kind, What: n.what()})
	}
	var page bytes.Buffer
	err := out.Write(&page, c)
	return page.Bytes(), err
}
