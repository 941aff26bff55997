# Builds and runs Anneal, for the platform it is built on or for (linux/amd64, linux/arm64). Needs BuildKit, which Docker has by default.
# Both images can be replaced, and pinned by digest (eclipse-temurin:25.0.3_9-jre-noble@sha256:...): any JDK 17 builds it, any Java 25 with bash
# runs it.
ARG BUILD_IMAGE=eclipse-temurin:17.0.19_10-jdk-noble
ARG RUNTIME_IMAGE=eclipse-temurin:25.0.3_9-jre-noble

# Maven and what it downloads stay in a cache of the builder. The order is that of changes: the pom, sources, documents.
FROM --platform=${BUILDPLATFORM} ${BUILD_IMAGE} AS build
ARG TARGETARCH
WORKDIR /build
COPY .mvn .mvn
COPY mvnw pom.xml ./
# A profile of the pom has the libraries for arm64.
RUN arm64='!linux-arm64' && if [ "$TARGETARCH" = arm64 ]; then arm64=linux-arm64; fi \
 && printf '#!/bin/sh\nexec ./mvnw --batch-mode --no-transfer-progress -Dquick -P "%s" "$@"\n' "$arm64" > /usr/local/bin/build && chmod +x /usr/local/bin/build
# The bill of materials.
RUN --mount=type=cache,target=/root/.m2,sharing=locked build cyclonedx:makeAggregateBom@default
COPY src/main/java src/main/java
RUN --mount=type=cache,target=/root/.m2,sharing=locked build -Dcyclonedx.skip compile
COPY . .
RUN --mount=type=cache,target=/root/.m2,sharing=locked build -Dcyclonedx.skip package \
 && java -Djarmode=tools -jar target/anneal.jar extract --layers --destination /anneal

# Unpacks libtorch, which each container would otherwise do when it first computes, and takes it out of its jar.
FROM --platform=${BUILDPLATFORM} ${BUILD_IMAGE} AS libraries
COPY --from=build /anneal/dependencies /libraries
WORKDIR /unpacked
RUN mkdir /libtorch \
 && archive=$(echo /libraries/lib/pytorch-native-cpu-*.jar) \
 && jar --extract --file "$archive" && mv pytorch/cpu/*/* /libtorch/ \
 && jar --create --date=1980-02-01T00:00:00Z --file "$archive" META-INF native \
 && jar --extract --file /libraries/lib/pytorch-jni-*.jar jnilib && mv "jnilib/$(ls pytorch/cpu)/cpu/libdjl_torch.so" /libtorch/

FROM ${RUNTIME_IMAGE} AS application
RUN groupadd --system --gid 10001 anneal \
 && useradd --system --uid 10001 --gid anneal --home-dir /var/lib/anneal --create-home anneal
COPY --from=libraries /libtorch /opt/anneal/libtorch
# The jar's manifest names the libraries beside it, so an engine process can start from the same folder.
COPY --from=libraries /libraries /opt/anneal
COPY --from=build /anneal/application /opt/anneal
# JDK_JAVA_OPTIONS is for whoever runs it; the heap of engine processes is anneal.engine.heap.
ENV ANNEAL_HOME=/var/lib/anneal \
    ANNEAL_CACHEDIRECTORY=/var/lib/anneal/cache \
    ANNEAL_ENGINE_LIBTORCH=/opt/anneal/libtorch \
    JDK_JAVA_OPTIONS=-Xmx512m \
    OPT_OUT_TRACKING=true \
    LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs \
    DJL_OFFLINE=true
USER 10001:10001
WORKDIR /var/lib/anneal

# Loads what a start loads, once, on an embedded PostgreSQL, and keeps classes and their profiles: a start then takes half the time.
# Only the very Java that wrote the cache reads it, with the very same jars.
FROM application AS trained
RUN java -XX:AOTCacheOutput=/var/lib/anneal/anneal.aot -Dspring.context.exit=onRefresh -jar /opt/anneal/anneal.jar

FROM application
COPY --from=trained --chown=0:0 --chmod=444 /var/lib/anneal/anneal.aot /opt/anneal/anneal.aot
# The root may be read-only: what is written lies in /var/lib/anneal, for which a container needs a volume, and in /tmp.
# 8080 the API, 8081 health, metrics and the bill of materials (/actuator/sbom/application).
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=5m --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /actuator/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["java", "-XX:AOTCache=/opt/anneal/anneal.aot", "-jar", "/opt/anneal/anneal.jar"]
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=
LABEL org.opencontainers.image.title="Anneal" \
      org.opencontainers.image.description="Fine-tuning as a service that a team runs itself" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
