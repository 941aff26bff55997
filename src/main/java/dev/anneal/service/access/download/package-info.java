/** Downloads: whole, a range of bytes, or a link to the object store. */
@NamedInterface
package dev.anneal.service.access.download;

import org.springframework.modulith.NamedInterface;
