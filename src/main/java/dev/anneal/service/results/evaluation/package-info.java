/** Evaluations of models on test files: exact matches, or grades of completions. */
@NamedInterface
@NullMarked
package dev.anneal.service.results.evaluation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
