// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * Describes and verifies what a group has in its bucket, without a replica and without changing
 * anything: for whoever wonders whether a backup is whole, or what a halted replica meant.
 *
 * <p>Starting point: {@link io.quorate.s3.inspect.PrefixInspector}.
 */
@NullMarked
package io.quorate.s3.inspect;

import org.jspecify.annotations.NullMarked;
