/** Pages of a list that is read by id, and that ends even while rows come and go. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.paging;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
