// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What a comparison came to: as data ({@code results.json}), as a page, as a table on the screen,
 * and against an earlier one.
 *
 * <p>Everything that is shown is made from the data, never from the runs themselves, so that they
 * cannot disagree. Starting points: {@link io.quorate.bench.report.Results} makes the data, {@link
 * io.quorate.bench.report.Figure} is the list of numbers in it, {@link
 * io.quorate.bench.report.Outcome} is all that a caller needs.
 */
@NullMarked
package io.quorate.bench.report;

import org.jspecify.annotations.NullMarked;
