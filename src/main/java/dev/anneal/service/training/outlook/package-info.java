/** Estimates for jobs: position in the queue, start and end; and dry runs. */
@NullMarked
package dev.anneal.service.training.outlook;

import org.jspecify.annotations.NullMarked;
