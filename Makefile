.PHONY: run test race ci bench chaos fuzz fmt lint build release screenshots

run: ## the sandbox at http://localhost:8080
	go run ./bot

test:
	go test ./...

race:
	go test -race -shuffle=on ./...

ci: ## all that CI runs; installs nothing, `.ci/run install` does
	BEACON_CI_INSTALL=no .ci/run

bench:
	go test -run=^$$ -bench=. -benchmem ./...

# What Beacon withstands, in about two hours; needs redis-server: kills, a failing carrier, a year of
# a clinic; a table of all faults; BEACON_LOAD texts due at once and at a pace; BEACON_VISITS visits.
chaos: export BEACON_CHAOS = 1
chaos: export BEACON_LOAD := $(or $(BEACON_LOAD),100000)
chaos: export BEACON_VISITS := $(or $(BEACON_VISITS),1000000)
chaos: CHAOS = go test -v -timeout=180m
chaos:
	$(CHAOS) ./bot -count=1 -run='^(TestChaos|TestYear|TestIdle)$$'
	$(CHAOS) ./bot -count=1 -run='^TestBadDays$$' -parallel=1
	$(CHAOS) ./bot -run=^$$ -bench='(Due|Paced)$$' -benchtime=1x
	$(CHAOS) ./bot/redis -run=^$$ -bench='Claim$$' -benchtime=100x

fuzz: ## each target; FUZZTIME=20000x inputs, or FUZZTIME=1m
	.ci/run fuzz

fmt:
	.ci/run fmt

lint:
	.ci/run format vet staticcheck modules vuln

build: ## bin/bot, for patients: without the sandbox
	go build -tags live -trimpath -o bin/bot ./bot

release: ## dist/VERSION from the tag VERSION, for all platforms
	.ci/release $(VERSION)

screenshots: ## the README's pictures of the sandbox, docs/sandbox*.png; needs chromium
	go run ./.ci/screenshots docs
