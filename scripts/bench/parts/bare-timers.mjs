// The yardstick: N timers, each at every whole second, each doing a bare undici GET. Nothing is checked or kept.
import { Agent, request } from 'undici';

const [url, count, seconds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const dispatcher = new Agent({ connections: Math.min(count, 64), pipelining: 1 });
let left = count;

for (let index = 0; index < count; index++) {
  let fired = 0;
  const arm = () => {
    const wait = 1000 - (Date.now() % 1000);
    setTimeout(() => {
      request(`${url}/job-${index}`, { dispatcher }).then(({ body }) => body.dump());
      if (++fired < seconds) arm();
      else if (--left === 0) setTimeout(() => dispatcher.close(), 500);
    }, wait);
  };
  arm();
}
