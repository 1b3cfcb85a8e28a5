"""A pretend plate camera (车牌识别相机): what it reads and tells, and the lane that it opens."""
