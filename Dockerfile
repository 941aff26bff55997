# Builds and runs Anneal. Both images can be replaced: any JDK 17 builds it, any Java 25 with bash runs it.
ARG BUILD_IMAGE=eclipse-temurin:17-jdk
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY . .
RUN ./mvnw --batch-mode --no-transfer-progress -Dmaven.test.skip=true package \
 && java -Djarmode=tools -jar target/anneal.jar extract --destination /anneal

# Loads what a start loads, once, on an embedded PostgreSQL, and keeps classes and their profiles: a start then takes half the time.
# Only the very Java that wrote the cache reads it, so this stage is of the image that runs.
FROM ${RUNTIME_IMAGE} AS trained
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/anneal anneal
COPY --from=build /anneal /opt/anneal
USER 10001
WORKDIR /var/lib/anneal
RUN java -XX:AOTCacheOutput=/var/lib/anneal/anneal.aot -Dspring.context.exit=onRefresh -jar /opt/anneal/anneal.jar

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="Anneal" \
      org.opencontainers.image.description="Fine-tuning as a service that a team runs itself" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN groupadd --system --gid 10001 anneal \
 && useradd --system --uid 10001 --gid anneal --home-dir /var/lib/anneal --create-home anneal
# The jar's manifest names the libraries beside it, so an engine process can start from the same folder.
COPY --from=build /anneal /opt/anneal
COPY --from=trained /var/lib/anneal/anneal.aot /opt/anneal/anneal.aot
# JDK_JAVA_OPTIONS is for whoever runs it; the heap of engine processes is anneal.engine.heap.
ENV ANNEAL_HOME=/var/lib/anneal \
    ANNEAL_CACHEDIRECTORY=/var/lib/anneal/cache \
    JDK_JAVA_OPTIONS=-Xmx512m \
    OPT_OUT_TRACKING=true \
    LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs \
    DJL_OFFLINE=true
USER 10001:10001
WORKDIR /var/lib/anneal
# The root may be read-only: what is written lies here and in /tmp.
VOLUME /var/lib/anneal
# 8080 the API, 8081 health, metrics and the bill of materials (/actuator/sbom/application).
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /actuator/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["java", "-XX:AOTCache=/opt/anneal/anneal.aot", "-jar", "/opt/anneal/anneal.jar"]
