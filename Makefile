.PHONY: run test race ci bench chaos fuzz fmt lint build

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

chaos: ## what the reminders withstand: kills, a failing carrier, a year, 100,000 at once, a pace, a million visits, a table of bad days; an hour, redis-server needed
	BEACON_CHAOS=1 go test ./bot -run='^(TestChaos|TestYear|TestIdle)$$' -count=1 -v -timeout=90m
	BEACON_CHAOS=1 go test ./bot -run='^TestBadDays$$' -count=1 -v -parallel=1 -timeout=90m
	BEACON_CHAOS=1 BEACON_LOAD=$(or $(BEACON_LOAD),100000) go test ./bot -run=^$$ -bench='(Due|Paced)$$' -benchtime=1x -v -timeout=60m
	BEACON_VISITS=$(or $(BEACON_VISITS),1000000) go test ./bot/redis -run=^$$ -bench='Claim$$' -benchtime=100x -v -timeout=60m

fuzz: ## each target for FUZZTIME
	FUZZTIME=$(or $(FUZZTIME),1m) .ci/run fuzz

fmt:
	go run mvdan.cc/gofumpt@v0.12.0 -w bot handlers knowledge

lint:
	.ci/run format vet staticcheck modules

build: ## bin/bot
	go build -trimpath -o bin/bot ./bot
