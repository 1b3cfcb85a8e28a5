// npm onvif (MIT) as a client: finds a camera's stream, then waits for an event and prints both as JSON lines.
// Usage: node onvif-client.mjs HOST PORT USER PASSWORD

import { createRequire } from "node:module";

const { Cam } = createRequire(import.meta.url)("onvif");
const [hostname, port, username, password] = process.argv.slice(2);
const say = (what) => console.log(JSON.stringify(what));

const camera = new Cam({ hostname, port: Number(port), username, password, timeout: 20000 }, function (error) {
  if (error) {
    say({ error: error.message });
    process.exit(1);
  }
  this.getDeviceInformation((error, device) => {
    if (error) {
      say({ error: error.message });
      process.exit(1);
    }
    const source = this.activeSource;
    this.getStreamUri({ protocol: "RTSP" }, (error, stream) => {
      this.getSnapshotUri((error, snapshot) => {
        say({ device, source, stream: stream.uri, snapshot: snapshot.uri });
        this.createPullPointSubscription((error) => {
          say({ subscribed: !error });
          this.pullMessages({ messageLimit: 10 }, (error, pulled) => {
            const heard = [pulled.notificationMessage].flat()[0];
            say({ topic: heard.topic._, data: heard.message.message.data.simpleItem.$ });
            this.renew({}, (error) => {
              say({ renewed: !error });
              this.unsubscribe((error) => {
                say({ unsubscribed: !error });
                process.exit(0);
              });
            });
          });
        });
      });
    });
  });
});
camera.on("error", (error) => say({ error: error.message }));
