/** Common ground of the HTTP API: JSON rules, the error envelope, request ids and list parameters. */
@NamedInterface
@NullMarked
package dev.anneal.service.access.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
