// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * One failure each, told in order. Starting point: {@link io.quorate.s3.story.InterleavingsTest}.
 */
@NullMarked
package io.quorate.s3.story;

import org.jspecify.annotations.NullMarked;
