package dev.anneal.service.access.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the HTTP API.
 *
 * @param maxBodySize largest request body, uploads excepted
 */
@ConfigurationProperties("anneal.api")
record WebProperties(@DefaultValue("1MB") DataSize maxBodySize) {}
