/** Downloads: whole, a range of bytes, or a link to the object store. */
@NamedInterface
@NullMarked
package dev.anneal.service.access.download;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
