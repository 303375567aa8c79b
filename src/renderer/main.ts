import './zod-without-eval.ts';
import '@fontsource-variable/inter/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import type { Bridge } from '../shared/bridge.ts';
import App from './App.svelte';

declare global {
  interface Window {
    /** Made by the preload. */
    readonly pontual: Bridge;
  }
}

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
mount(App, { target, props: { bridge: window.pontual } });
