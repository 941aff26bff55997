/** Pages of a list. Pages continue after an id, so insertions and deletions do not disturb them. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.paging;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
