/** Pages of a list. They are read by id, so that a client reaches the end while rows come and go. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.paging;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
