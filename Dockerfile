# The image of okbadges: built by `docker build -t okbadges .`, run as docs/operations.md tells. The database is migrated by
# `okbadges migrate`, on purpose and not at start.

FROM python:3.11-slim AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY alembic alembic
COPY badge_definitions badge_definitions
RUN pip wheel --no-cache-dir --wheel-dir /wheels ".[postgres]"

FROM python:3.11-slim
# The uid is fixed, so that a volume's files keep their owner from one image to the next.
RUN useradd --uid 10001 --user-group --no-log-init --home-dir /data --create-home --shell /usr/sbin/nologin okbadges
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "okbadges[postgres]"
USER okbadges
WORKDIR /data
VOLUME /data
# Inside the container everything listens on port 8000; SQLite, where no other database is named, lies in the volume. Threads share
# two regions of memory: with one for each thread, what one gives back no other can use.
ENV PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    OKBADGES_HOST=0.0.0.0 \
    OKBADGES_PORT=8000 \
    OKBADGES_DATABASE_URL=sqlite:////data/okbadges.sqlite3
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
ENTRYPOINT ["okbadges"]
CMD ["serve"]
