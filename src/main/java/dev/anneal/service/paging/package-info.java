/** Pages of a list that is read by id, and that ends even while rows come and go. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.service.paging;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
