// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What a caller can be told instead of a result.
 *
 * <p>Starting point: {@link io.quorate.api.error.ConsensusException#outcome()}: a command was
 * applied, was surely not applied, or nobody can tell yet.
 */
@NullMarked
package io.quorate.api.error;

import org.jspecify.annotations.NullMarked;
