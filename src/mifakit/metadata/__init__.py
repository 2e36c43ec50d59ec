"""What is said: MIFA, REMBI and the choices about conversion as pydantic models. Pure data, no I/O."""
