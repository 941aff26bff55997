/** Common parts of the HTTP API: JSON format, error envelope, request ids, downloads and list parameters. */
@NamedInterface
@NullMarked
package dev.anneal.service.access.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
