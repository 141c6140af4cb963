# The server with its data in a volume. Built in two steps, so that the image that runs has no compilers in it.
#
#   docker build -t viva .
#   docker run --rm -p 127.0.0.1:7878:7878 -v viva-data:/data -e VIVA_OPEN_TO_NETWORK=1 viva

FROM rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends cmake g++ make pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /viva
COPY . .
# A server needs no microphone, so it builds without audio libraries.
RUN cargo build --locked --release --bin viva --no-default-features

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /data --create-home viva
COPY --from=build /viva/target/release/viva /usr/local/bin/viva
USER viva
VOLUME /data
ENV VIVA_DATA=/data
EXPOSE 7878
# Inside a container the loopback address is the container's own: the port is published on the host's loopback instead (see docker-compose.yml).
CMD ["viva", "serve", "--bind", "0.0.0.0:7878"]
