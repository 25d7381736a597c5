/**
 * The text of the MIT licence below a copyright line.
 * @param {string[]} copyright
 */
function mit(...copyright) {
  return `MIT License

${copyright.join('\n')}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;
}

/** The licence of the Unicode character data that QuickJS carries as tables. */
const UNICODE = `UNICODE LICENSE V3

COPYRIGHT AND PERMISSION NOTICE

Copyright © 1991-2026 Unicode, Inc.

NOTICE TO USER: Carefully read the following legal agreement. BY
DOWNLOADING, INSTALLING, COPYING OR OTHERWISE USING DATA FILES, AND/OR
SOFTWARE, YOU UNEQUIVOCALLY ACCEPT, AND AGREE TO BE BOUND BY, ALL OF THE
TERMS AND CONDITIONS OF THIS AGREEMENT. IF YOU DO NOT AGREE, DO NOT
DOWNLOAD, INSTALL, COPY, DISTRIBUTE OR USE THE DATA FILES OR SOFTWARE.

Permission is hereby granted, free of charge, to any person obtaining a
copy of data files and any associated documentation (the "Data Files") or
software and any associated documentation (the "Software") to deal in the
Data Files or Software without restriction, including without limitation
the rights to use, copy, modify, merge, publish, distribute, and/or sell
copies of the Data Files or Software, and to permit persons to whom the
Data Files or Software are furnished to do so, provided that either (a)
this copyright and permission notice appear with all copies of the Data
Files or Software, or (b) this copyright and permission notice appear in
associated Documentation.

THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY
KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF
THIRD PARTY RIGHTS.

IN NO EVENT SHALL THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE
BE LIABLE FOR ANY CLAIM, OR ANY SPECIAL INDIRECT OR CONSEQUENTIAL DAMAGES,
OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS,
WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION,
ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THE DATA
FILES OR SOFTWARE.

Except as contained in this notice, the name of a copyright holder shall
not be used in advertising or otherwise to promote the sale, use or other
dealings in these Data Files or Software without prior written
authorization of the copyright holder.
`;

/**
 * Licence texts that a package leaves out.
 * @type {Record<string, {reason: string, source: string, text: string}>}
 */
export const TEXTS_NOT_IN_PACKAGES = {
  'react-remove-scroll-bar': {
    reason: 'version 2.3.8 was published without the LICENSE file of its repository',
    source: 'https://github.com/theKashey/react-remove-scroll-bar/blob/master/LICENSE',
    text: mit('Copyright (c) 2025 Anton Korzunov <thekashey@gmail.com>'),
  },
  'lazy-val': {
    reason:
      'neither the package nor its repository has a licence file; its package.json says MIT and names the author',
    source: 'https://github.com/develar/lazy-val/blob/master/package.json',
    text: mit('Copyright (c) Vladimir Krivosheev'),
  },
};

/** https://github.com/DelSkayn/rquickjs/blob/master/LICENSE, since no npm package brings it. */
export const RQUICKJS_TEXT = mit('Copyright (c) 2020 Mees Delzenne');

/**
 * The engine that rquickjs compiles in; which version of it, the component does not tell.
 * The texts: https://github.com/quickjs-ng/quickjs/blob/master/LICENSE
 * @type {import('./notices-packages.mjs').Shipped}
 */
export const QUICKJS = {
  name: 'quickjs-ng',
  purl: 'pkg:github/quickjs-ng/quickjs',
  licence: 'MIT AND Unicode-3.0',
  repository: 'https://github.com/quickjs-ng/quickjs',
  texts: [
    mit(
      'Copyright (c) 2017-2026 Fabrice Bellard',
      'Copyright (c) 2017-2024 Charlie Gordon',
      'Copyright (c) 2023-2026 Ben Noordhuis',
      'Copyright (c) 2023-2026 Saúl Ibarra Corretgé',
    ),
    UNICODE,
  ],
};
