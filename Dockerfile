# Builds and runs Anneal. Both images can be replaced: any JDK 17 builds it, any Java 25 with bash runs it.
ARG BUILD_IMAGE=eclipse-temurin:17-jdk
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY . .
RUN ./mvnw --batch-mode --no-transfer-progress -DskipTests package \
 && java -Djarmode=tools -jar target/anneal.jar extract --destination /anneal

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="Anneal" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 anneal \
 && useradd --system --uid 10001 --gid anneal --home-dir /var/lib/anneal --create-home anneal
# The jar's manifest names the libraries beside it, so an engine process can start from the same folder.
COPY --from=build /anneal /opt/anneal
ENV ANNEAL_HOME=/var/lib/anneal \
    OPT_OUT_TRACKING=true \
    DJL_OFFLINE=true
USER 10001:10001
WORKDIR /var/lib/anneal
VOLUME /var/lib/anneal
# 8080 the API, 8081 health and metrics.
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /actuator/health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["java", "-Xmx512m", "-jar", "/opt/anneal/anneal.jar"]
