package dev.anneal.service.access.description;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The description of the API.
 *
 * @param ui whether {@code /docs} shows it, with forms to try it
 */
@ConfigurationProperties("anneal.api")
record ApiProperties(@DefaultValue("true") boolean ui) {}
