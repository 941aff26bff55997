/** Evaluations of models on test files: exact matches, or grades of completions. */
@NamedInterface
package dev.anneal.service.results.evaluation;

import org.springframework.modulith.NamedInterface;
