/** How many answers of a model match those of a test file, or what a grader says its completions are worth. */
@NamedInterface
@NullMarked
package dev.anneal.service.results.evaluation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
