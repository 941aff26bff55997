package dev.anneal.service.access.description;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Documentation pages of the API.
 *
 * @param ui whether {@code /docs} serves the API description with forms to try it
 */
@ConfigurationProperties("anneal.api")
record ApiProperties(@DefaultValue("true") boolean ui) {}
