// A bundle that is broken: loading it throws.
//# airflowMetadata={"permissions":{}}
function openWarehouse() {
  throw new RangeError("no warehouse at load time");
}
openWarehouse();
