import {
  Autocomplete,
  Badge,
  Button,
  createTheme,
  JsonInput,
  Modal,
  SegmentedControl,
  TextInput,
  Tooltip,
} from '@mantine/core';
import type { CSSVariablesResolver } from '@mantine/core';

const SYSTEM_FONT = 'system-ui, -apple-system, "Segoe UI", "Noto Sans", Ubuntu, Cantarell, sans-serif';
const MONO_FONT = 'ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", monospace';

/** Small, quiet and even: a tool that stays open all day. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: 'sm',
  fontFamily: SYSTEM_FONT,
  fontFamilyMonospace: MONO_FONT,
  fontSizes: { xs: '11px', sm: '12.5px', md: '13px', lg: '15px', xl: '18px' },
  headings: { fontWeight: '600' },
  components: {
    Autocomplete: Autocomplete.extend({ defaultProps: { size: 'xs' } }),
    Badge: Badge.extend({ defaultProps: { tt: 'none', fw: 500, size: 'sm' } }),
    Button: Button.extend({ defaultProps: { size: 'xs', fw: 500 } }),
    JsonInput: JsonInput.extend({ defaultProps: { size: 'xs' } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { withItemsBorders: false } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    // The page itself never scrolls, so there is nothing to lock; the lock would add a style element without our nonce.
    Modal: Modal.extend({
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 100 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 500, withArrow: true, fz: 'xs' } }),
  },
});

/** Where Mantine's own colours are below 4.5:1 on their ground (dimmed, error, yellow) or too loud for a whole day (dark alerts). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#565d66',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-placeholder': '#666d76',
    '--mantine-color-red-light': '#fdecea',
    '--mantine-color-red-light-color': '#a3211b',
    '--mantine-color-yellow-light': '#fdf3d7',
    '--mantine-color-yellow-light-color': '#7a4a00',
    '--mantine-color-green-light': '#e6f4ea',
    '--mantine-color-green-light-color': '#1b6e3c',
    '--mantine-color-indigo-light': '#e6ebfb',
    '--mantine-color-indigo-light-hover': '#dfe6fb',
    '--mantine-color-gray-light-color': '#495057',
  },
  dark: {
    '--mantine-color-dimmed': '#a6adb5',
    '--mantine-color-error': '#ff8a80',
    '--mantine-color-placeholder': '#8f969e',
    '--mantine-color-red-light': '#37201f',
    '--mantine-color-red-light-color': '#ff9d94',
    '--mantine-color-yellow-light': '#332a17',
    '--mantine-color-yellow-light-color': '#f0c36a',
    '--mantine-color-green-light': '#1b2f22',
    '--mantine-color-green-light-color': '#85d8a0',
    '--mantine-color-indigo-light': '#252d45',
    '--mantine-color-indigo-light-color': '#aebfff',
    '--mantine-color-indigo-light-hover': '#2b3552',
    '--mantine-color-gray-light-color': '#c9ced4',
  },
});
