# fairlead alone: its binary with time zones in it, certificates, and an account that is
# not root. What is in the image is put together by "make rootfs"; CI runs that
# from its folder.
#
#   docker build --build-arg VERSION=$(git describe --tags) --build-arg REVISION=$(git rev-parse HEAD) .
ARG GO_VERSION=1.26.8

FROM --platform=$BUILDPLATFORM golang:${GO_VERSION} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS=linux
ARG TARGETARCH=amd64
ARG VERSION=dev
ARG REVISION=
RUN make rootfs GO=go TARGETOS=${TARGETOS} TARGETARCH=${TARGETARCH} VERSION=${VERSION} REVISION=${REVISION}

FROM scratch
COPY --from=build /src/dist/rootfs/ /
COPY --from=build --chown=65532:65532 /src/dist/rootfs/var/lib/fairlead /var/lib/fairlead
ENV PATH=/usr/bin
USER 65532:65532
WORKDIR /etc/fairlead
EXPOSE 8080 8081 9090
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/fairlead"]
CMD ["serve"]
