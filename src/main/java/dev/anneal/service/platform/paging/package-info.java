/** Pages of a list. Pages continue after an id, so insertions and deletions do not disturb them. */
@NamedInterface
package dev.anneal.service.platform.paging;

import org.springframework.modulith.NamedInterface;
