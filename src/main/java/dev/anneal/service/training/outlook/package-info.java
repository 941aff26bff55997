/** What is to be expected of jobs: attempts so far, place in the queue, start, end, and dry runs. */
@NullMarked
package dev.anneal.service.training.outlook;

import org.jspecify.annotations.NullMarked;
