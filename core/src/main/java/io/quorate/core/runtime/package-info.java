// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * One replica at work: its loop, log writer and apply loop around a pure core.
 *
 * <p>Starting points: {@link io.quorate.core.runtime.Replica} puts the parts together; {@link
 * io.quorate.core.runtime.ReplicaLoop#turn} is where everything is decided.
 */
@NullMarked
package io.quorate.core.runtime;

import org.jspecify.annotations.NullMarked;
