// A bundle that is broken: loading it throws.
function openWarehouse() {
  throw new RangeError("no warehouse at load time");
}
openWarehouse();
