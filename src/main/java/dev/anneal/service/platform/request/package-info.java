/**
 * Strict reading of JSON request bodies, in which every key must be known, of the right type and in range; and graders
 * in requests and responses.
 */
@NamedInterface
package dev.anneal.service.platform.request;

import org.springframework.modulith.NamedInterface;
