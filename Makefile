.PHONY: run test race ci bench fuzz fmt lint build

run: ## the sandbox at http://localhost:8080
	go run ./bot

test:
	go test ./...

race:
	go test -race -shuffle=on ./...

ci: ## all that CI runs
	.ci/run

bench:
	go test -run=^$$ -bench=. -benchmem ./...

fuzz: ## each target for FUZZTIME
	FUZZTIME=$(or $(FUZZTIME),1m) .ci/run fuzz

fmt:
	go run mvdan.cc/gofumpt@v0.12.0 -w bot handlers knowledge

lint:
	.ci/run format vet staticcheck modules

build: ## bin/bot
	go build -trimpath -o bin/bot ./bot
