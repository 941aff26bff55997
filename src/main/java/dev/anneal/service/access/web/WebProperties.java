package dev.anneal.service.access.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The HTTP API.
 *
 * @param maxBodySize largest request body, uploads excepted
 * @param ui whether {@code /docs} serves the API description with forms to try it
 */
@ConfigurationProperties("anneal.api")
record WebProperties(
        @DefaultValue("1MB") DataSize maxBodySize,
        @DefaultValue("true") boolean ui) {}
