// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * What VSR replicas say to each other, and the one thing that several messages speak of: the shape
 * of a log.
 *
 * <p>Starting points: {@link io.quorate.vsr.message.VsrMessage}, {@link
 * io.quorate.vsr.message.LogShape}.
 */
@NullMarked
package io.quorate.vsr.message;

import org.jspecify.annotations.NullMarked;
