# Beacon for patients, without the sandbox: one static program in an image without a shell.
#
#   docker build -t beacon .
#   docker run --read-only --cap-drop ALL --env-file bot.env -p 8080:8080 beacon
#
# The build wants the repository with .git, from which Go stamps version and commit. Both images are
# named by tag: before you ship one, name what you pulled by digest
# (docker build --build-arg GO=…@sha256:… --build-arg BASE=…@sha256:…).
ARG GO=golang:1.26-bookworm
ARG BASE=gcr.io/distroless/static-debian12:nonroot

FROM ${GO} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
RUN git config --global --add safe.directory /src && \
    CGO_ENABLED=0 go build -tags live -trimpath -o /out/bot ./bot && \
    go run ./.ci/bill licenses /out/bot >/out/LICENSES.txt && \
    go run ./.ci/bill sbom /out/bot >/out/bot.cdx.json && \
    cp LICENSE NOTICE /out/

FROM ${BASE}
COPY --from=build /out/ /app/
# The proxy asks /readyz; an image without a shell has nothing to ask with.
EXPOSE 8080
USER 65532:65532
ENTRYPOINT ["/app/bot"]
