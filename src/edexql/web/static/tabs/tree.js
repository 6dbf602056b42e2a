// The tree of the logic, from the flat list of its nodes (operands before operators): order, places, moves.

/**
 * The tree as lines from top to bottom: {node, depth, parent, at, siblings, key, leaves}. `key` names a part by what it
 * joins and how, `leaves` by what it joins: so the same part is found again after an edit, which gives all nodes new ids.
 */
export function lines({ nodes, root }) {
  if (root === null || root === undefined) return [];
  const keys = [], leaves = [];
  for (const node of nodes) {
    leaves[node.id] = node.op === "constraint" ? [String(node.label ?? node.number)] : node.children.flatMap((id) => leaves[id]).sort();
    keys[node.id] = node.op === "constraint" ? String(node.label ?? node.number) : `${node.op}(${node.children.map((id) => keys[id]).join()})`;
  }
  const found = [], seen = new Map();
  const open = [{ id: root, depth: 0, parent: null, at: 0, siblings: [root] }];
  while (open.length) {
    const { id, ...place } = open.pop();
    const node = nodes[id];
    const times = seen.get(keys[id]) ?? 0;
    seen.set(keys[id], times + 1);
    found.push({ node, ...place, key: times ? `${keys[id]} ${times}` : keys[id], leaves: leaves[id].join() });
    for (let at = node.children.length - 1; at >= 0; at--) {
      open.push({ id: node.children[at], depth: place.depth + 1, parent: id, at, siblings: node.children });
    }
  }
  return found;
}

const isGroup = (node) => node.op === "and" || node.op === "or";

/** A part with the NOT, or several, that stand around it: what is moved as one. */
export function withNot(logic, all, line) {
  let whole = line;
  while (whole.parent !== null && logic.nodes[whole.parent].op === "not") whole = all.find(({ node }) => node.id === whole.parent);
  return whole;
}

/** The group that NOT, or several, stand around; null where there is only a constraint. */
function inner(nodes, id) {
  let node = nodes[id];
  while (node.op === "not") node = nodes[node.children[0]];
  return isGroup(node) ? node.id : null;
}

export const other = (operator) => (operator === "and" ? "or" : "and");

/** The edit that moves a line: "up" and "down" among its siblings, "out" of its group, "in" to the one before it. */
export function moved(logic, all, line, direction) {
  const { node, parent, at, siblings } = withNot(logic, all, line);
  const { nodes } = logic;
  if (parent === null) return null;
  if (direction === "up") return at > 0 ? { kind: "move", node: node.id, target: siblings[at - 1], place: "before" } : null;
  if (direction === "down") return at + 1 < siblings.length ? { kind: "move", node: node.id, target: siblings[at + 1], place: "after" } : null;
  if (direction === "out") {
    const parents = new Map(all.map((each) => [each.node.id, each.parent]));
    let target = parent;
    while (parents.get(target) !== null && nodes[parents.get(target)].op === "not") target = parents.get(target);
    return parents.get(target) === null || node === nodes[target] ? null : { kind: "move", node: node.id, target, place: "after" };
  }
  for (const sibling of [siblings[at - 1], siblings[at + 1]]) {
    if (sibling === undefined) continue;
    const group = inner(nodes, sibling);
    if (group !== null) return { kind: "move", node: node.id, target: group, place: "into" };
  }
  // Beside constraints alone, a step in makes a group of two.
  const beside = siblings[at - 1] ?? siblings[at + 1];
  if (beside === undefined || siblings.length < 3 || !isGroup(nodes[parent])) return null;
  return { kind: "group", nodes: at > 0 ? [beside, node.id] : [node.id, beside], operator: other(nodes[parent].op) };
}

/** The edit that a drop means: `where` is the part of the line that the pointer is over, from 0 at its top to 1. */
export function dropped(logic, all, line, target, where) {
  const { nodes } = logic;
  if (line.node === target.node) return null;
  // Nothing goes into itself.
  const parents = new Map(all.map((each) => [each.node.id, each.parent]));
  for (let id = target.node.id; id !== null && id !== undefined; id = parents.get(id)) if (id === line.node.id) return null;
  const group = inner(nodes, target.node.id);
  const isRoot = target.parent === null;
  if (group !== null && (isRoot || (where > 0.3 && where < 0.7))) return { kind: "move", node: line.node.id, target: group, place: "into" };
  if (isRoot) return null;
  if (where > 0.3 && where < 0.7 && isGroup(nodes[target.parent])) {
    return { kind: "group", nodes: [target.node.id, line.node.id], operator: other(nodes[target.parent].op) };
  }
  return { kind: "move", node: line.node.id, target: target.node.id, place: where < 0.5 ? "before" : "after" };
}

/** What a key does to a line of the tree; the moves are with Alt, so that arrows alone go from line to line. */
export const KEYS = {
  "Alt+ArrowUp": "up",
  "Alt+ArrowDown": "down",
  "Alt+ArrowLeft": "out",
  "Alt+ArrowRight": "in",
  "!": "negate",
  n: "negate",
  o: "operator",
  g: "group",
  Delete: "remove",
  " ": "mark",
};
