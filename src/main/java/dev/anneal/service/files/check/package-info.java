/**
 * What is found out about uploaded files in the background: whether their rows are right, and how many tokens they are to a model. Each check is claimed
 * in the database, so that any process may do it and a dead one's is done again.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.files.check;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
