/** Public sites need no script. This one only spares a tap here and there. */
import "./elements/forms";
import "./elements/copy";
import "./elements/framed";
import "./elements/sum";
import "./elements/time";

document.documentElement.classList.add("js");
