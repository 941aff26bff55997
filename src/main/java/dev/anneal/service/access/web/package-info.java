/** Common parts of the HTTP API: JSON format, error envelope, request ids, downloads and list parameters. */
@NamedInterface
package dev.anneal.service.access.web;

import org.springframework.modulith.NamedInterface;
